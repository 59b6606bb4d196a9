// Run by contexts.mjs in contexts of their own.
/* global waiting */
async function inner() {
  await new Promise((resolve) => waiting.push(resolve)); // suspended: inner ×2
}

globalThis.main = async function main() {
  return await inner(); // suspended: main ×2
};
