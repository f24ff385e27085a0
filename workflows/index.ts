export { conversation } from './conversation.ts';
export { dispatchSweep } from './dispatch-sweep.ts';
export { erasure } from './erasure.ts';
export { erasureRequest } from './erasure-request.ts';
export { keyRotation } from './key-rotation.ts';
export { ledgerCheckpoint } from './ledger-checkpoint.ts';
export { reconcileRequests } from './reconcile-requests.ts';
export { retentionPurge } from './retention-purge.ts';
