// What `loopscope run` preloads, with --require: after --import, Node runs a CommonJS program as if that was imported too,
// its promises before its process.nextTick and without a module.parent. Every version of Node can load this.
try {
  require('./register.js');
} catch (error) {
  const cause = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  process.stderr.write(
    `loopscope cannot be loaded by Node ${process.versions.node}, the program runs without it: ${cause}\n`,
  );
}
