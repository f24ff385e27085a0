/** Says in one line what is missing, where an older Node would answer with a syntax error. Hence plain JavaScript. */
const { existsSync } = require('node:fs');
const path = require('node:path');

const major = Number(process.versions.node.split('.')[0]);
const isInstalled = existsSync(path.join(__dirname, '..', 'node_modules', 'express'));

if (major < 24 || !isInstalled) {
  process.stderr.write(
    `This needs Node 24 and the packages of the lock file, and runs on Node ${process.versions.node}: run "npm ci" first, which brings both.\n`,
  );
  process.exit(1);
}
