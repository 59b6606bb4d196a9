// Errors that nobody handles, in a program that listens for them; and some that somebody handles.
import { createTask } from 'loopscope';

process.on('unhandledRejection', () => {});

async function fails() {
  throw new Error('in a task');
}

const own = new Error('without a stack');
Object.defineProperty(own, 'stack', {
  get() {
    throw new Error('a stack that throws');
  },
});

createTask(fails, { name: 'mail' });
createTask(fails, { name: 'handled' }).catch(() => {});
void Promise.reject(new Error('of a promise'));
void Promise.reject(own);
void Promise.reject('no error');
const later = Promise.reject(new Error('handled later'));
setTimeout(() => later.catch(() => {}), 20);
