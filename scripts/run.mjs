// The entry of every npm script. This file has no new syntax and no static imports, so that very old versions of Node
// can parse it and print a sentence instead of a stack trace.
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Node 20 or newer is needed; this is Node ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  import('./launch/launch.mjs').then((launcher) => launcher.launch(process.argv.slice(2)));
}
