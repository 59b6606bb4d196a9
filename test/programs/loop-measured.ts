// Measures its loop, and ends at once all the same.
import { measureLoop } from 'loopscope';

const meter = measureLoop();
console.log('nothing yet:', meter.statistics().observedMs);
console.log('frozen:', Object.isFrozen(meter.statistics()));
process.on('exit', () => {
  meter.stop();
  meter.stop();
  console.log('stopped:', meter.statistics() === meter.statistics());
});
