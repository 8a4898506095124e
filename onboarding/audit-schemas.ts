/** What the vendor's audit events may look like, action by action and version by version (`workos-api` contract §11.2). */

/** The part of JSON Schema that metadata is described with. */
export interface MetadataSchema {
  type: 'object';
  properties?: Record<string, PropertySchema>;
  required?: string[];
  additionalProperties?: boolean;
}
export type PropertyType = 'string' | 'number' | 'integer' | 'boolean';
export interface PropertySchema {
  type: PropertyType | PropertyType[];
}

export interface AuditSchemaDefinition {
  actor?: { metadata: MetadataSchema };
  targets: { type: string; metadata?: MetadataSchema }[];
  metadata?: MetadataSchema;
}
