import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { envelopeOf } from './mailer.ts';
import type { Mailer, Sender } from './mailer.ts';

/** As many mails are kept as somebody would look at. */
const KEPT = 200;

/**
 * Stands in for a mail server under `npm start`: each mail becomes a file that every mail program opens. The recipient
 * is left out, so that no file of ours holds anybody's address, and nothing in the folder needs erasing.
 */
export function createOutboxFolder(sender: Sender, folder: string): Mailer {
  const composer = createTransport({ streamTransport: true, buffer: true });
  return {
    send: async (mail) => {
      const to = { to: 'undisclosed-recipients:;' };
      const { message } = await composer.sendMail({ ...envelopeOf(sender, mail), ...to });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = path.join(folder, `${mail.id}.eml`);
      await writeFile(`${file}.unfinished`, message as Buffer, { mode: 0o600 });
      await rename(`${file}.unfinished`, file);
      await removeOldest(folder);
      return 'sent';
    },
    close: () => composer.close(),
  };
}

/** Their names are random, so the folder is in no order of its own. */
async function removeOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= KEPT) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(path.join(folder, name))).mtimeMs })),
  );
  const oldest = aged.toSorted((a, b) => a.at - b.at).slice(0, names.length - KEPT);
  await Promise.all(oldest.map(({ name }) => rm(path.join(folder, name), { force: true })));
}
