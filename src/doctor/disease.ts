// What looks for one disease.
import type { Finding } from '../report/diagnosis.ts';
import type { ThreadView } from './thread-view.ts';

/** Looks for one disease: pure. Empty where it is not there, or where too little was seen to say so. */
export type Disease = (thread: ThreadView) => readonly Finding[];
