// Starts the export from the build in the folder given, to an endpoint that is no URL.
const { startExport } = await import(`${process.argv[2]}/subscribers/export/export.js`);
try {
  startExport({ otlp: 'localhost:4318' });
} catch (error) {
  console.log(error.code, error.message);
}
