// The smallest HTTP server, and a watched loop.
import { watchLoop } from 'loopscope';
import './hello.program.ts';

watchLoop();
