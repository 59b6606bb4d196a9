// Stops in the middle: of one row nobody ever says that it was written.
function insert(row) {
  return new Promise((resolve) => {
    if (row !== 2) setTimeout(resolve, 10);
  });
}

async function insertAll(rows) {
  for (const row of rows) await insert(row);
}

async function main() {
  await insertAll([1, 2, 3]);
  console.log('done');
}

void main();
