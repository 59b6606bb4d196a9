// Functions of every kind, each with its name.
const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));
const computed = 'computed';
const symbol = Symbol('tag');

class Base {
  async inherited() {
    await hang(); // suspended: Repository.inherited
  }
}

class Repository extends Base {
  static async open() {
    await hang(); // suspended: Repository.open
  }

  async find() {
    await this.#connect(); // suspended: Repository.find
  }

  async #connect() {
    await hang(); // suspended: Repository.#connect
  }

  field = async () => {
    await hang(); // suspended: field
  };

  async [computed]() {
    await hang(); // suspended: Repository.computed
  }

  async [symbol]() {
    await hang(); // suspended: Repository.[tag]
  }

  async *rows() {
    await hang(); // suspended: Repository.rows*
    yield 1;
  }

  get lazily() {
    return (async () => {
      await hang(); // suspended: (anonymous)
    })();
  }
}

const literal = {
  async method() {
    await hang(); // suspended: method
  },
  assigned: async function () {
    await hang(); // suspended: assigned
  },
  arrow: async () => {
    await hang(); // suspended: arrow
  },
};

const constant = async () => {
  await hang(); // suspended: constant
};

const outer = async function inner() {
  await hang(); // suspended: inner
};

async function withDefault(callback = async () => await hang()) {
  // suspended: callback @-1:51
  await callback(); // suspended: withDefault
}

async function münchen() {
  await hang(); // suspended: münchen
}

export default async function () {
  await hang(); // suspended: default
}

async function closure() {
  const nested = async () => {
    await hang(); // suspended: nested
  };
  await nested(); // suspended: closure
}

async function bound() {
  await hang(); // suspended: bound
}

const repository = new Repository();
void repository.inherited();
void Repository.open();
void repository.find();
void repository.field();
void repository.computed();
void repository[symbol]();
void repository.rows().next();
void repository.lazily;
void literal.method();
void literal.assigned();
void literal.arrow();
void constant();
void outer();
void withDefault();
void münchen();
void import(import.meta.url).then((itself) => itself.default());
void closure();
void bound.bind(null, 1)();
void [0].map(async () => {
  await hang(); // suspended: (anonymous)
});
void (async function () {
  await hang(); // suspended: (anonymous)
})();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: Repository.find → Repository.#connect → [* found held]
// chain: closure → nested → [* found held]
