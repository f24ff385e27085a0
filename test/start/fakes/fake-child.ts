/** A child for tests: says its number, starts a grandchild, and ends as its argument tells. */
import { spawn } from 'node:child_process';

const [how] = process.argv.slice(2);
const grandchild = spawn('sleep', ['600'], { stdio: 'ignore' });
process.stdout.write(`running ${grandchild.pid}\n`);
process.stderr.write('said to standard error\n');
const keepAlive = setInterval(() => undefined, 60_000);

if (how === 'ends by itself') process.exit(3);
if (how === 'will not stop') process.on('SIGTERM', () => process.stdout.write('not now\n'));
if (how === 'stops') {
  process.on('SIGTERM', () => {
    process.stdout.write('stopped cleanly\n');
    clearInterval(keepAlive);
    process.exit(0);
  });
}
process.on('disconnect', () => process.exit(0));
