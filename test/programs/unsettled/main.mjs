// Its main module awaits for ever what nobody can settle.
async function query() {
  await new Promise(() => {});
}

async function load() {
  await query();
}

await Promise.all([load(), 1]);
