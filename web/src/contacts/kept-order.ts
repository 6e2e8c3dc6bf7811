// The order in which this device shows contacts.
import { ORDERS, type Order } from './contact-index.ts';

const KEY = 'rollcall.order';

export function keptOrder(): Order {
  const kept = localStorage.getItem(KEY);
  return ORDERS.find((order) => order === kept) ?? 'first';
}

export function keepOrder(order: Order): void {
  localStorage.setItem(KEY, order);
}
