// The demo orders as the gateway lists them.

import { LINES, type Line } from "./texts";

export interface DemoOrder {
  order_no: string;
  phone_tail: string;
  product: string;
  product_line: Line;
  /** Yuan, as a decimal string. */
  amount: string;
  title_zh: string;
  title_en: string;
  hint: { transaction_no: string | null; amount: string | null; paid_at: string | null };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function orderFrom(value: unknown): DemoOrder[] {
  if (typeof value !== "object" || value === null) return [];
  const found = value as Record<string, unknown>;
  const line = LINES.find((each) => each === found["product_line"]);
  if (typeof found["order_no"] !== "string" || line === undefined) return [];
  const hint = (found["hint"] ?? {}) as Record<string, unknown>;
  return [
    {
      order_no: found["order_no"],
      phone_tail: text(found["phone_tail"]),
      product: text(found["product"]),
      product_line: line,
      amount: text(found["amount"]),
      title_zh: text(found["title_zh"]),
      title_en: text(found["title_en"]),
      hint: {
        transaction_no: text(hint["transaction_no"]) || null,
        amount: text(hint["amount"]) || null,
        paid_at: text(hint["paid_at"]) || null,
      },
    },
  ];
}

/** The orders of an answer; what cannot be read is left out. */
export function ordersFrom(body: unknown): DemoOrder[] {
  const orders = (body as { orders?: unknown } | null)?.orders;
  return Array.isArray(orders) ? orders.flatMap(orderFrom) : [];
}

/** The order that shows the main path; the first one when it is missing. */
export const FLAGSHIP = "KM202405120001";
