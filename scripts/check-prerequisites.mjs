// Runs before anything is installed. Without Node in the version that is wanted nothing works, so that ends the
// installation; without a compiler all but the runs on real cores does, and scripts/install-addon.mjs says so. Syntax
// that an old Node reads.
const WANTED_NODE = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < WANTED_NODE[0] || (major === WANTED_NODE[0] && minor < WANTED_NODE[1])) {
  console.error(
    `creditlab needs Node.js ${WANTED_NODE.join('.')} or newer, this is ${process.versions.node}: ` +
      'see https://nodejs.org, or `nvm install 22`',
  );
  process.exit(1);
}
