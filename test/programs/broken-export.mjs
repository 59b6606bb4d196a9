// Starts the export from the build in the folder given, to an endpoint that is no URL.
const { startOtlp } = await import(`${process.argv[2]}/subscribers/otlp.js`);
try {
  startOtlp({ endpoint: 'localhost:4318' });
} catch (error) {
  console.log(error.code, error.message);
}
