// The two lists of rules that the operator keeps as files: what sets them apart for the commands that show and set them.
import type { Operations } from '../service/operations.ts';
import { PERMISSION, type Shape, VISIBILITY } from './rules-shape.ts';

export interface RuleList {
  /** The first word of its commands. */
  readonly word: 'permissions' | 'visibility';
  /** What they are rules of, in few words. */
  readonly title: string;
  /** What the rules say, for the help. */
  readonly about: string;
  readonly shape: Shape;
  /** A right rule, as YAML. */
  readonly example: string;
  /** What holds without any rule. */
  readonly none: string;
  show(operations: Operations): Promise<readonly object[]>;
  /** Replaces the list; the rules that are in force then. `rules` have the shape. */
  set(operations: Operations, rules: readonly object[]): Promise<readonly object[]>;
}

export const PERMISSIONS: RuleList = {
  word: 'permissions',
  title: 'rules of who may view and manage company contacts',
  about: `The rules say who may view and manage the contacts of company books. They are read from the top: the first that names the
user and the book decides. Without one only administrators see a company book.`,
  shape: PERMISSION,
  example: '{ who: { group: sales }, books: [company], view: true, manage: false }',
  none: 'only administrators see company contacts',
  show: (operations) => operations.permissionsShow(),
  set: (operations, rules) => operations.permissionsSet(rules),
};

export const VISIBILITIES: RuleList = {
  word: 'visibility',
  title: 'rules of who sees whose extension',
  about: `The rules say who sees whose extension and presence. They are read from the top: the first that names both decides. Without
one everybody sees everybody.`,
  shape: VISIBILITY,
  example: '{ who: { group: sales }, whom: { extension: "1001" }, see: false }',
  none: 'everybody sees everybody',
  show: (operations) => operations.visibilityShow(),
  set: (operations, rules) => operations.visibilitySet(rules),
};
