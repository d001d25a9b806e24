import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endMarked } from './marked.ts';

interface Note {
  id: string;
  starter: number;
}

const noteFile = (root: string) => join(root, '.cache', 'suite', 'running.json');

/** Writes a note of the running suite's id; returns a function that deletes the note. */
export function noteRunning(root: string, id: string): () => void {
  const file = noteFile(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ id, starter: process.pid } satisfies Note));
  return () => rmSync(file, { force: true });
}

/** Ends the processes of a suite whose starter was killed (SIGKILL, a crash) before it could end them. */
export async function endLeftovers(root: string): Promise<void> {
  const file = noteFile(root);
  const note = readNote(file);
  if (!note || isAlive(note.starter)) return;
  if ((await endMarked(note.id)) > 0) console.log('Ended processes that an earlier run left behind.');
  rmSync(file, { force: true });
}

function readNote(file: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Note;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
