import { checkpoint } from '../../domain/ledger.ts';
import type { Checkpoint } from '../../domain/ledger.ts';
import type { JwkSet } from './jwk-set.ts';
import { readStatement, signStatement } from './signed-statement.ts';
import type { SigningKey } from './signing-keys.ts';

/** Signs how far the ledger has come. */
export function signCheckpoint(
  signer: SigningKey,
  { position, hash, at }: Checkpoint,
): Promise<string> {
  return signStatement(signer, 'mayfly-checkpoint+jwt', { position, hash, at });
}

export type CheckpointReading =
  | { isGenuine: true; checkpoint: Checkpoint; kid: string }
  | { isGenuine: false; fault: string };

/** What a checkpoint says, if one of these keys signed it. */
export async function readCheckpoint(statement: string, jwks: JwkSet): Promise<CheckpointReading> {
  const reading = await readStatement(statement, 'mayfly-checkpoint+jwt', jwks);
  if (!reading.isGenuine) return reading;
  const parsed = checkpoint.safeParse(reading.payload);
  if (!parsed.success)
    return {
      isGenuine: false,
      fault: 'it is signed, but says something else than a checkpoint does',
    };
  return { isGenuine: true, checkpoint: parsed.data, kid: reading.kid };
}
