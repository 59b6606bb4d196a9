// Its main module awaits for ever what nobody can settle. `stay`: and does not end.
async function query() {
  await new Promise(() => {});
}

async function load() {
  await query();
}

await Promise.all([load(), process.argv[2] === 'stay' && stay()]);

function stay() {
  setInterval(() => {}, 1000);
  console.log('ready');
}
