// From CommonJS: what ended or timed out is not pending.
void (async () => {
  const { default: pTimeout } = await import('p-timeout');
  await pTimeout(Promise.resolve(1), { milliseconds: 60_000 });
  await pTimeout(new Promise(() => {}), { milliseconds: 5 }).catch(() => {});
  await pTimeout(Promise.reject(new Error('no')), { milliseconds: 60_000 }).catch(() => {});
  void pTimeout(new Promise(() => {}), { milliseconds: 60_000 });
  process.exit();
})();
