// What the demo shop pretends to sell.

import type { Language } from "../widget/frames";
import type { Delivery, Line } from "./texts";

export interface Product {
  line: Line;
  name: Record<Language, string>;
  /** Yuan. */
  price: string;
  delivery: Delivery;
}

export const PRODUCTS: readonly Product[] = [
  { line: "game_card", name: { zh: "游戏点卡 30 元", en: "Game card ¥30" }, price: "29.40", delivery: "DIRECT" },
  { line: "game_card", name: { zh: "游戏点卡 100 元", en: "Game card ¥100" }, price: "97.50", delivery: "CARD" },
  { line: "game_card", name: { zh: "通行证 648 元", en: "Battle pass ¥648" }, price: "628.00", delivery: "MANUAL" },
  { line: "phone_credit", name: { zh: "话费 50 元", en: "Phone credit ¥50" }, price: "49.60", delivery: "DIRECT" },
  { line: "phone_credit", name: { zh: "话费 100 元", en: "Phone credit ¥100" }, price: "98.80", delivery: "DIRECT" },
  { line: "phone_credit", name: { zh: "话费 200 元", en: "Phone credit ¥200" }, price: "197.00", delivery: "DIRECT" },
  { line: "membership", name: { zh: "视频会员月卡", en: "Video membership, a month" }, price: "18.80", delivery: "DIRECT" },
  { line: "membership", name: { zh: "音乐会员季卡", en: "Music membership, three months" }, price: "38.00", delivery: "CARD" },
  { line: "membership", name: { zh: "网盘会员年卡", en: "Cloud storage, a year" }, price: "158.00", delivery: "CARD" },
];
