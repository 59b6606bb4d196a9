// A sleep that asks the clock again and again.
function sleepSync(milliseconds) {
  const end = Date.now() + milliseconds;
  while (Date.now() < end); // the mistake
}

setTimeout(() => sleepSync(800), 500);
