export { conversation } from './conversation.ts';
export { dispatchSweep } from './dispatch-sweep.ts';
