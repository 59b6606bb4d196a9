// Built into a start-up snapshot: its functions come from there, and begin to run when it is started.
const { startupSnapshot } = require('node:v8');

const held = [];

class Service {
  async start() {
    await this.connect(); // suspended: Service.start
  }

  async connect() {
    await new Promise((resolve) => held.push(resolve)); // suspended: Service.connect
  }
}

const service = new Service();
startupSnapshot.setDeserializeMainFunction(() => {
  void service.start();
  setTimeout(() => process.exit(), 60_000);
  setImmediate(console.log, 'READY');
});

// chain: Service.start → Service.connect → [* found held]
