// The words of the handover card. The gateway names what was asked and found by codes; those of states are the panel's.

import type { Language } from "./api/types";

interface Words {
  axes: Record<string, string>;
  states: Record<string, string>;
  verdicts: Record<string, string>;
  diagnoses: Record<string, string>;
}

const found = import.meta.glob<{ PANEL_TEXTS: Record<Language, Words> }>("./panel/texts.ts", { eager: true });
const panel = Object.values(found)[0]?.PANEL_TEXTS;

export const NAMES: Record<Language, Record<string, string>> = {
  zh: {
    order_no: "订单号", phone_tail: "手机尾号", symptom: "情况", input_claim: "填写", payment_channel: "支付渠道", payment_no: "交易号", payment_amount: "付款金额",
    paid_at: "付款时间", initiated_at: "发起时间", product: "商品", payment_state: "支付", order_state: "订单", ticket_no: "工单号", owner: "订单归属", evidence: "凭证",
  },
  en: {
    order_no: "Order", phone_tail: "Phone tail", symptom: "Symptom", input_claim: "Entered", payment_channel: "Paid by", payment_no: "Payment no.", payment_amount: "Paid",
    paid_at: "Paid at", initiated_at: "Started at", product: "Product", payment_state: "Payment", order_state: "Order state", ticket_no: "Ticket", owner: "Whose order", evidence: "Evidence",
  },
};

export const VALUES: Record<Language, Record<string, string>> = {
  zh: {
    proven: "已核实", wechat: "微信", alipay: "支付宝", bank: "银行卡", not_received: "未到账", processing: "处理中", payment_failed: "付款失败",
    account_restricted: "账户受限", duplicate_charge: "重复扣款", wrong_info: "填写有误", missing_card: "没收到卡密", refund: "要退款",
  },
  en: {
    proven: "proven", wechat: "WeChat", alipay: "Alipay", bank: "bank card", not_received: "not received", processing: "processing", payment_failed: "payment failed",
    account_restricted: "account restricted", duplicate_charge: "charged twice", wrong_info: "wrong details", missing_card: "no card code", refund: "wants a refund",
  },
};

/** The first of these that knows the code; else the code itself, which is better than nothing. */
function word(code: string, ...words: (Record<string, string> | undefined)[]): string {
  for (const each of words) if (each && Object.hasOwn(each, code)) return each[code] ?? code;
  return code;
}

export const nameWord = (code: string, language: Language): string => word(code, NAMES[language], panel?.[language].axes);

/** A value that was told or found. Only the evidence has verdicts, whose names states have too. */
export function valueWord(name: string, code: string, language: Language): string {
  const words = panel?.[language];
  return name === "evidence" ? word(code, words?.verdicts) : word(code, VALUES[language], words?.states);
}

export const diagnosisWord = (code: string, language: Language): string => word(code, panel?.[language].diagnoses);
