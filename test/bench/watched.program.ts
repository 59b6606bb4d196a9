// The smallest HTTP server, and a watched loop.
import { watchLoop } from '../../dist/src/index.js';
import './hello.program.ts';

watchLoop();
