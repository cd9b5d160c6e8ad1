CREATE INDEX "apps_updated" ON "apps" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "deployments_open" ON "deployments" USING btree ("status") WHERE status in ('queued', 'building', 'uploading');--> statement-breakpoint
CREATE INDEX "pointers_changed" ON "pointers" USING btree ("changed_at");