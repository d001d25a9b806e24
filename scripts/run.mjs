// The way in for every npm script. It has to parse on Node versions far older than the one that is needed, so that
// those get a sentence instead of a stack trace: no newer syntax and no static imports in this file.
if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Node 20 or newer is needed; this is Node ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  import('./launch/launch.mjs').then((launcher) => launcher.launch(process.argv.slice(2)));
}
