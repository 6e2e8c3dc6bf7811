// The collection `books`: what a viewer may see and change, which depends on his rights alone.
import type { Access } from '../service/access.ts';
import type { List } from './list-subscription.ts';

export function booksList(access: Access): List {
  return {
    name: 'books',
    items: (viewer) => new Map(access.books(viewer).map(({ item }) => [item.id, JSON.stringify(item)])),
    follow: () => () => undefined,
  };
}
