// Whether the data folder can be used, and by whom it is held. Leaves nothing behind.
import { accessSync, constants, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Finding, fail, ok } from './finding.ts';

const TOPIC = 'data folder';

export interface FolderFinding {
  readonly finding: Finding;
  /** Whether there is a folder whose contents can be looked at. */
  readonly usable: boolean;
}

/** `owner` is the pid of the daemon that holds the folder, if one answers. */
export function checkFolder(path: string, owner: number | undefined): FolderFinding {
  const kind = kindOf(path);
  if (kind === 'missing') return { finding: missing(path), usable: false };
  if (kind === 'other') {
    return {
      finding: fail(TOPIC, `${path} is not a folder: set \`data\` to a folder, or move that file away`),
      usable: false,
    };
  }
  if (kind !== 'folder') return { finding: fail(TOPIC, `${path} cannot be reached (${kind})`), usable: false };
  if (!isWritable(path)) {
    const text = `${path} cannot be written by this user: give it to the user the daemon runs as (chown), or set \`data\``;
    return { finding: fail(TOPIC, text), usable: false };
  }
  const held = owner === undefined ? 'no daemon answers there' : `held by the daemon, pid ${owner}`;
  return { finding: ok(TOPIC, `${path} is writable; ${held}`), usable: true };
}

function missing(path: string): Finding {
  let parent = dirname(path);
  while (kindOf(parent) === 'missing' && dirname(parent) !== parent) parent = dirname(parent);
  if (kindOf(parent) === 'folder' && takesFolders(parent)) return ok(TOPIC, `${path} will be made at the first start`);
  return fail(TOPIC, `${path} does not exist and cannot be made in ${parent}: make it for the user the daemon runs as`);
}

/** `missing`, `folder`, `other`, or the code of another error. */
function kindOf(path: string): string {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'missing' : code === 'ENOTDIR' ? 'other' : code;
  }
}

/** Tried, because some folders, such as /proc, refuse what their permissions allow. */
function takesFolders(path: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(path, '.rollcall-check-')));
    return true;
  } catch {
    return false; // for whatever reason: the answer is no
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false; // for whatever reason: the answer is no
  }
}
