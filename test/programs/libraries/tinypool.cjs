// From CommonJS: what was aborted, refused or failed is not pending.
void (async () => {
  const { Tinypool } = await import('tinypool');
  await require('./parts/threads-ended.cjs')(Tinypool);
})();
