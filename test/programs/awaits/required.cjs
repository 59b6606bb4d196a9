// Required by commonjs.cjs.
exports.second = async (held) => {
  await new Promise((resolve) => held.push(resolve)); // suspended: exports.second
};
