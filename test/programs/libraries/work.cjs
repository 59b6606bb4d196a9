// What the workers of pools run.
function work({ value, hang, fail }) {
  if (hang) return new Promise(() => {});
  if (fail) throw new Error('in the worker');
  return value;
}

module.exports = work;
module.exports.other = work;
module.exports.last = work;
