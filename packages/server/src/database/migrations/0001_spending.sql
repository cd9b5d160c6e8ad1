CREATE TABLE "limits" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"turn_usd" double precision,
	"turn_tokens" bigint,
	"month_usd" double precision,
	CONSTRAINT "limits_one" CHECK ("limits"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "spending" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "spending_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"app" text NOT NULL,
	"turn" text NOT NULL,
	"step" integer NOT NULL,
	"model" text NOT NULL,
	"requests" integer DEFAULT 1 NOT NULL,
	"input_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"cache_read_tokens" bigint NOT NULL,
	"cache_write_tokens" bigint NOT NULL,
	"incomplete" boolean DEFAULT false NOT NULL,
	"usd" double precision,
	"reason" text,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "spending_at" ON "spending" USING btree ("at");--> statement-breakpoint
CREATE INDEX "spending_app" ON "spending" USING btree ("app","turn");--> statement-breakpoint
INSERT INTO "spending" ("app", "turn", "step", "model", "requests", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "incomplete", "usd", "reason", "at")
SELECT "app", "id", 0, "model", "steps", ("usage"->>'inputTokens')::bigint, ("usage"->>'outputTokens')::bigint, ("usage"->>'cacheReadTokens')::bigint, ("usage"->>'cacheWriteTokens')::bigint, coalesce(("usage"->>'incomplete')::boolean, false), ("cost"->>'usd')::double precision, "cost"->>'reason', coalesce("ended_at", "progress_at")
FROM "turns" WHERE "steps" > 0;
