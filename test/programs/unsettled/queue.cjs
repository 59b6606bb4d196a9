// A worker of a queue that forgets to call back: what comes after it is never begun.
const async = require('async');

const queue = async.queue(function work({ forgets }, done) {
  if (!forgets) done();
}, 1);
void queue.push([{ forgets: true }, { forgets: false }]);
