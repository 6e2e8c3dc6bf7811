// The real disk without its syncs: what a store would be that forgot them. The negative control of power cuts.
import { type Disk, type OpenFile, realDisk } from '../../src/store/files/disk.ts';

const deaf = (file: OpenFile): OpenFile => ({ ...file, sync: () => Promise.resolve() });

export const deafDisk: Disk = {
  ...realDisk,
  open: (path, access) => deaf(realDisk.open(path, access)),
  create: (path) => deaf(realDisk.create(path)),
  syncFolder: () => Promise.resolve(),
};
