import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["widget/tests/**/*.test.ts", "demo/**/*.test.ts"] } });
