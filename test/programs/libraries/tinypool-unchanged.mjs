// Prints what a program can see of tinypool.
import { Tinypool } from 'tinypool';
import { show } from './parts/threads-unchanged.mjs';

await show(Tinypool);
