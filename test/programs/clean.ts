// A program that leaves nothing pending.
console.log('clean');
