// Ends by process.exit(), or by itself.
const timer = setTimeout(() => {}, 60_000);
if (process.argv[2] === 'by-itself') clearTimeout(timer);
else setTimeout(() => process.exit(3), 1);
