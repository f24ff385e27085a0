import { isGrpcServiceError } from '@temporalio/client';
import { OutsideError } from '../outside-error.ts';

/** gRPC's status codes. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** In one sentence, what to do when no connection to Temporal could be made. */
export function connectTrouble(error: unknown): OutsideError {
  return (
    rightsTrouble(error) ??
    new OutsideError(
      'No Temporal answers at TEMPORAL_ADDRESS: start it, or correct the address. One that wants TLS needs TEMPORAL_TLS_SERVER_CA_FILE or TEMPORAL_API_KEY.',
    )
  );
}

/** The same once there is a connection; null when it has nothing to do with the settings. */
export function namespaceTrouble(error: unknown): OutsideError | null {
  if (isNotFound(error))
    return new OutsideError(
      'Temporal does not know the namespace in TEMPORAL_CONVERSATIONS_NAMESPACE or TEMPORAL_PRIVACY_NAMESPACE: run "npm run migrate" against this Temporal.',
    );
  return rightsTrouble(error);
}

/** Whether Temporal does not know what it was asked about, for example a namespace. */
export function isNotFound(error: unknown): boolean {
  return (
    grpcCodeOf(error) === NOT_FOUND || /Namespace \S+ (?:was|is) not found/.test(textOf(error))
  );
}

function rightsTrouble(error: unknown): OutsideError | null {
  const isRefused =
    [PERMISSION_DENIED, UNAUTHENTICATED].includes(grpcCodeOf(error) ?? -1) ||
    /PermissionDenied|Unauthenticated/.test(textOf(error));
  if (!isRefused) return null;
  return new OutsideError(
    'Temporal does not let us in: correct TEMPORAL_API_KEY or TEMPORAL_TLS_CERT_FILE, or the rights that they have there.',
  );
}

/** The SDK's client wraps what gRPC says. */
function grpcCodeOf(error: unknown): number | null {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCodeOf(error.cause) : null;
}

/** Its worker has only a text. */
function textOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
