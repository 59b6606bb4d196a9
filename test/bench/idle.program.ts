// Does nothing for a while, and prints the processor time that this took, in milliseconds a second. Argument: `watched`, or
// nothing.
const seconds = 4;
if (process.argv[2] === 'watched') {
  const { watchLoop } = await import('loopscope');
  watchLoop();
}
// What starts is not idle yet.
setTimeout(() => {
  const before = process.cpuUsage();
  setTimeout(() => {
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000 / seconds);
    process.exit();
  }, seconds * 1000);
}, 1500);
