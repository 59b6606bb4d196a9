// Prints what a program can see of piscina.
import { Piscina } from 'piscina';
import { show } from './parts/threads-unchanged.mjs';

await show(Piscina);
