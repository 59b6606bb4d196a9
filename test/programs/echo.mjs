// Prints its arguments and its input, and ends with code 3.
console.log(process.argv.slice(2).join('|'));
process.stdin.on('data', (text) => process.stdout.write(text));
process.exitCode = 3;
